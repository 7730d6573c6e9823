import cangke.tickets.models.errands
import cangke.tickets.rules.errands
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('desk', '0003_visit'),
        ('people', '0002_term_pay'),
        ('tickets', '0004_append_only_tickets'),
    ]

    operations = [
        migrations.CreateModel(
            name='Counterpart',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=30, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('name_en', models.CharField(blank=True, max_length=80, verbose_name='英文名称')),
                ('position', models.PositiveSmallIntegerField(default=100, verbose_name='次序')),
                ('is_active', models.BooleanField(default=True, verbose_name='启用')),
                ('department', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.department', verbose_name='部门')),
                ('members', models.ManyToManyField(blank=True, related_name='+', to='people.employee', verbose_name='答复人')),
                ('team', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='people.team', verbose_name='组')),
            ],
            options={
                'verbose_name': '协作部门',
                'verbose_name_plural': '协作部门',
                'ordering': ['position', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Errand',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=24, unique=True, verbose_name='编号')),
                ('kind', models.CharField(choices=cangke.tickets.models.errands.errand_kind_choices, max_length=8, verbose_name='类别')),
                ('title', models.CharField(max_length=160, verbose_name='事项')),
                ('body', models.TextField(blank=True, verbose_name='说明')),
                ('issued_at', models.DateTimeField(verbose_name='提出时间')),
                ('due_at', models.DateTimeField(verbose_name='期限')),
                ('state', models.CharField(choices=cangke.tickets.models.errands.errand_state_choices, default=cangke.tickets.rules.errands.ErrandState['OPEN'], max_length=10, verbose_name='状态')),
                ('reply', models.TextField(blank=True, verbose_name='答复')),
                ('replied_at', models.DateTimeField(blank=True, null=True, verbose_name='答复时间')),
                ('reminded_at', models.DateTimeField(blank=True, null=True, verbose_name='提醒时间')),
                ('overdue_at', models.DateTimeField(blank=True, null=True, verbose_name='逾期时间')),
                ('conversation', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='desk.conversation', verbose_name='会话')),
                ('counterpart', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='errands', to='tickets.counterpart', verbose_name='协作部门')),
                ('issuer', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.employee', verbose_name='提出人')),
                ('receiver', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.employee', verbose_name='承办人')),
                ('replied_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.employee', verbose_name='答复人')),
                ('taken_by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.employee', verbose_name='接手人')),
                ('ticket', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='errands', to='tickets.ticket', verbose_name='工单')),
            ],
            options={
                'verbose_name': '协作事项',
                'verbose_name_plural': '协作事项',
                'ordering': ['due_at', 'pk'],
                'indexes': [models.Index(fields=['counterpart', 'state', 'due_at'], name='errand_counterpart'), models.Index(fields=['receiver', 'state', 'due_at'], name='errand_receiver'), models.Index(fields=['issuer', '-issued_at'], name='errand_issuer')],
                'constraints': [models.CheckConstraint(condition=models.Q(models.Q(('counterpart__isnull', False), ('kind', 'ask'), ('receiver__isnull', True)), models.Q(('counterpart__isnull', True), ('kind', 'order'), ('receiver__isnull', False)), _connector='OR'), name='errand_goes_to_one'), models.CheckConstraint(condition=models.Q(models.Q(('state', 'answered'), _negated=True), models.Q(models.Q(('reply', ''), _negated=True), ('replied_at__isnull', False)), _connector='OR'), name='errand_answered_with_words')],
            },
        ),
        migrations.CreateModel(
            name='ErrandEvent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=cangke.tickets.models.errands.errand_event_choices, max_length=10, verbose_name='事件')),
                ('text', models.TextField(blank=True, verbose_name='内容')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(blank=True, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='办理人')),
                ('errand', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='events', to='tickets.errand')),
            ],
            options={
                'verbose_name': '协作经过',
                'verbose_name_plural': '协作经过',
                'ordering': ['pk'],
            },
        ),
    ]
