import cangke.attendance.models.rosters
import cangke.attendance.models.shifts
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('people', '0001_initial'),
    ]

    operations = [
        migrations.CreateModel(
            name='Roster',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('month', models.DateField(verbose_name='月份')),
                ('number', models.PositiveIntegerField(default=0, verbose_name='版本')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='发布时间')),
                ('changed_at', models.DateTimeField(blank=True, null=True, verbose_name='修改时间')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.team', verbose_name='组')),
            ],
            options={
                'verbose_name': '排班表',
                'verbose_name_plural': '排班表',
                'ordering': ['-month', 'team_id'],
                'constraints': [models.UniqueConstraint(fields=('team', 'month'), name='roster_once_a_month')],
            },
        ),
        migrations.CreateModel(
            name='RosterPublication',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='版本')),
                ('at', models.DateTimeField(verbose_name='发布时间')),
                ('body', models.JSONField(default=list, verbose_name='内容')),
                ('changes', models.JSONField(default=list, verbose_name='改动')),
                ('warnings', models.JSONField(default=list, verbose_name='提醒')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='发布人')),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='publications', to='attendance.roster')),
            ],
            options={
                'verbose_name': '排班发布',
                'verbose_name_plural': '排班发布',
                'ordering': ['roster_id', '-number'],
                'constraints': [models.UniqueConstraint(fields=('roster', 'number'), name='roster_version_once')],
            },
        ),
        migrations.CreateModel(
            name='ShiftType',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.SlugField(max_length=20, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=30, verbose_name='名称')),
                ('name_en', models.CharField(blank=True, max_length=30, verbose_name='英文名称')),
                ('mark', models.CharField(max_length=2, verbose_name='排班表上的字')),
                ('start', models.TimeField(verbose_name='上班')),
                ('end', models.TimeField(verbose_name='下班')),
                ('break_minutes', models.PositiveSmallIntegerField(default=0, verbose_name='休息分钟')),
                ('tone', models.CharField(blank=True, choices=cangke.attendance.models.shifts.tone_choices, default='accent', max_length=8, verbose_name='颜色')),
                ('place', models.PositiveSmallIntegerField(default=0, verbose_name='顺序')),
                ('active', models.BooleanField(default=True, verbose_name='使用中')),
            ],
            options={
                'verbose_name': '班次',
                'verbose_name_plural': '班次',
                'ordering': ['place', 'start', 'pk'],
                'constraints': [models.CheckConstraint(condition=models.Q(('start', models.F('end')), _negated=True), name='shift_type_has_length')],
            },
        ),
        migrations.CreateModel(
            name='ShiftAssignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(verbose_name='日期')),
                ('starts_at', models.DateTimeField(verbose_name='上班')),
                ('ends_at', models.DateTimeField(verbose_name='下班')),
                ('break_minutes', models.PositiveSmallIntegerField(default=0, verbose_name='休息分钟')),
                ('leads', models.BooleanField(default=False, verbose_name='当班组长')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='发布时间')),
                ('published_leads', models.BooleanField(default=False, verbose_name='发布时为组长')),
                ('dropped_at', models.DateTimeField(blank=True, null=True, verbose_name='取消时间')),
                ('recorded_at', models.DateTimeField(verbose_name='登记时间')),
                ('employee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.employee', verbose_name='员工')),
                ('recorded_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='登记人')),
                ('roster', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='assignments', to='attendance.roster')),
                ('shift_type', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='attendance.shifttype', verbose_name='班次')),
            ],
            options={
                'verbose_name': '排班',
                'verbose_name_plural': '排班',
                'ordering': ['date', 'starts_at', 'employee_id'],
                'indexes': [models.Index(fields=['employee', 'starts_at'], name='assignment_of_employee'), models.Index(fields=['date'], name='assignment_of_day')],
                'constraints': [models.UniqueConstraint(condition=models.Q(('dropped_at__isnull', True)), fields=('employee', 'date'), name='assignment_one_planned_a_day'), models.UniqueConstraint(condition=models.Q(('published_at__isnull', False)), fields=('employee', 'date'), name='assignment_one_published_a_day'), models.CheckConstraint(condition=models.Q(('ends_at__gt', models.F('starts_at'))), name='assignment_ends_after_it_begins')],
            },
        ),
        migrations.CreateModel(
            name='StaffingNeed',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('least', models.PositiveSmallIntegerField(verbose_name='最少人数')),
                ('shift_type', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='attendance.shifttype', verbose_name='班次')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='people.team', verbose_name='组')),
            ],
            options={
                'verbose_name': '最少人数',
                'verbose_name_plural': '最少人数',
                'ordering': ['team_id', 'shift_type_id'],
                'constraints': [models.UniqueConstraint(fields=('team', 'shift_type'), name='staffing_once_a_team_and_shift')],
            },
        ),
        migrations.CreateModel(
            name='SwapRequest',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('date', models.DateField(verbose_name='我的班次')),
                ('their_date', models.DateField(blank=True, null=True, verbose_name='对方的班次')),
                ('reason', models.CharField(max_length=200, verbose_name='事由')),
                ('state', models.CharField(choices=cangke.attendance.models.rosters.swap_state_choices, default='asked', max_length=10, verbose_name='状态')),
                ('asked_at', models.DateTimeField(verbose_name='提出时间')),
                ('answered_at', models.DateTimeField(blank=True, null=True, verbose_name='答复时间')),
                ('decided_at', models.DateTimeField(blank=True, null=True, verbose_name='批准时间')),
                ('answer', models.CharField(blank=True, max_length=200, verbose_name='答复')),
                ('asker', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.employee', verbose_name='申请人')),
                ('decided_by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='批准人')),
                ('partner', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.employee', verbose_name='换班对象')),
            ],
            options={
                'verbose_name': '换班',
                'verbose_name_plural': '换班',
                'ordering': ['-asked_at', '-pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('state__in', ['asked', 'agreed'])), fields=('asker', 'date'), name='swap_one_open_a_shift'), models.CheckConstraint(condition=models.Q(('asker', models.F('partner')), _negated=True), name='swap_between_two')],
            },
        ),
    ]
