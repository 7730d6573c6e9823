import cangke.regularization.models.files
import cangke.regularization.models.templates
import cangke.regularization.rules.probation
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
        ('approvals', '0002_append_only'),
        ('people', '0002_term_pay'),
    ]

    operations = [
        migrations.CreateModel(
            name='ProcessTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.SlugField(max_length=40, unique=True, verbose_name='代码')),
                ('name', models.CharField(max_length=60, verbose_name='名称')),
                ('name_en', models.CharField(blank=True, max_length=60, verbose_name='英文名称')),
                ('note', models.CharField(blank=True, max_length=200, verbose_name='说明')),
                ('is_default', models.BooleanField(default=False, verbose_name='默认')),
                ('departments', models.ManyToManyField(blank=True, related_name='+', to='people.department', verbose_name='用于部门')),
            ],
            options={
                'verbose_name': '转正流程',
                'verbose_name_plural': '转正流程',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(condition=models.Q(('is_default', True)), fields=('is_default',), name='regularization_one_default')],
            },
        ),
        migrations.CreateModel(
            name='RegularizationFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.CharField(max_length=20, unique=True, verbose_name='编号')),
                ('begins_on', models.DateField(verbose_name='试用期起')),
                ('ends_on', models.DateField(verbose_name='试用期至')),
                ('state', models.CharField(choices=cangke.regularization.models.files.file_state_choices, default=cangke.regularization.rules.probation.FileState['OPEN'], max_length=10, verbose_name='状态')),
                ('performance', models.TextField(blank=True, verbose_name='工作表现')),
                ('achievements', models.TextField(blank=True, verbose_name='主要成绩')),
                ('self_evaluation', models.TextField(blank=True, verbose_name='自我评价')),
                ('progress', models.TextField(blank=True, verbose_name='进步与不足')),
                ('wish', models.TextField(blank=True, verbose_name='转正意愿与今后打算')),
                ('declared', models.BooleanField(default=False, verbose_name='声明属实')),
                ('written_at', models.DateTimeField(blank=True, null=True, verbose_name='填写时间')),
                ('submitted_at', models.DateTimeField(blank=True, null=True, verbose_name='提交时间')),
                ('is_late', models.BooleanField(default=False, verbose_name='逾期提交')),
                ('sheet', models.JSONField(blank=True, null=True, verbose_name='转正条件')),
                ('effective_on', models.DateField(blank=True, null=True, verbose_name='转正生效日')),
                ('pay_scheme', models.CharField(blank=True, max_length=200, verbose_name='转正后薪资方案')),
                ('benefits', models.CharField(blank=True, max_length=400, verbose_name='福利')),
                ('extended', models.PositiveSmallIntegerField(default=0, verbose_name='延长次数')),
                ('reminded_on', models.DateField(blank=True, null=True, verbose_name='提醒日')),
                ('told_on', models.DateField(blank=True, null=True, verbose_name='到期上报日')),
                ('opened_at', models.DateTimeField(verbose_name='建档时间')),
                ('closed_at', models.DateTimeField(blank=True, null=True, verbose_name='结束时间')),
                ('asked', models.ManyToManyField(blank=True, related_name='+', to='people.department', verbose_name='征求意见的部门')),
                ('case', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.approvalcase', verbose_name='审批单')),
                ('employee', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='people.employee', verbose_name='员工')),
            ],
            options={
                'verbose_name': '转正档案',
                'verbose_name_plural': '转正档案',
                'ordering': ['ends_on', 'pk'],
            },
        ),
        migrations.CreateModel(
            name='Conclusion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=cangke.regularization.models.files.outcome_choices, max_length=8, verbose_name='结论')),
                ('reason', models.TextField(blank=True, verbose_name='理由')),
                ('until', models.DateField(blank=True, null=True, verbose_name='试用期至')),
                ('effective_on', models.DateField(blank=True, null=True, verbose_name='生效日')),
                ('sheet', models.JSONField(null=True, verbose_name='转正条件')),
                ('at', models.DateTimeField(verbose_name='时间')),
                ('by', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='决定人')),
                ('case', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.approvalcase')),
                ('file', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='conclusions', to='regularization.regularizationfile')),
            ],
            options={
                'verbose_name': '结论',
                'verbose_name_plural': '结论',
                'ordering': ['pk'],
                'constraints': [models.UniqueConstraint(fields=('case',), name='regularization_one_conclusion_a_case')],
            },
        ),
        migrations.CreateModel(
            name='TemplateVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveIntegerField(verbose_name='版本')),
                ('body', models.JSONField(verbose_name='步骤与条件')),
                ('state', models.CharField(choices=cangke.regularization.models.templates.version_state_choices, default='draft', max_length=12, verbose_name='状态')),
                ('created_at', models.DateTimeField(verbose_name='编写时间')),
                ('published_at', models.DateTimeField(blank=True, null=True, verbose_name='发布时间')),
                ('by', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='编写')),
                ('flow', models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='approvals.approvalflow', verbose_name='审批流程')),
                ('template', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='regularization.processtemplate', verbose_name='转正流程')),
            ],
            options={
                'verbose_name': '流程版本',
                'verbose_name_plural': '流程版本',
                'ordering': ['template_id', '-number'],
                'constraints': [models.UniqueConstraint(fields=('template', 'number'), name='regularization_version_number'), models.UniqueConstraint(condition=models.Q(('state', 'published')), fields=('template',), name='regularization_version_in_force'), models.UniqueConstraint(condition=models.Q(('state', 'draft')), fields=('template',), name='regularization_one_draft'), models.CheckConstraint(condition=models.Q(('state', 'draft'), ('flow__isnull', False), _connector='OR'), name='regularization_published_has_flow')],
            },
        ),
        migrations.AddField(
            model_name='regularizationfile',
            name='version',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='files', to='regularization.templateversion', verbose_name='转正流程'),
        ),
        migrations.AddIndex(
            model_name='regularizationfile',
            index=models.Index(fields=['state', 'ends_on'], name='regularization_due'),
        ),
        migrations.AddConstraint(
            model_name='regularizationfile',
            constraint=models.UniqueConstraint(condition=models.Q(('state__in', ['open', 'running', 'returned'])), fields=('employee',), name='regularization_one_open_file'),
        ),
        migrations.AddConstraint(
            model_name='regularizationfile',
            constraint=models.CheckConstraint(condition=models.Q(('ends_on__gte', models.F('begins_on'))), name='regularization_period'),
        ),
    ]
